"""One process or many, one machine or a cluster: the same statements, and a fixed schema for frames."""

import sys
from pathlib import Path

import joblib
import pandas as pd
import pytest

import stance
from stance.render import STATEMENT_COLUMNS

STORY = (Path(stance.__file__).parent / "examples" / "story.txt").read_text(encoding="utf-8")
FRAME = pd.DataFrame({"body": [STORY, *STORY.split("\n\n")], "date": "2019-05-14", "paper": [f"p{i}" for i in range(len(STORY.split("\n\n")) + 1)]})


def classified(frame, **kw):
    return stance.classify_frame(frame, text="body", document="paper", **kw)


def plain(frame):
    return frame.reset_index(drop=True).astype(object).where(frame.reset_index(drop=True).notna(), None)


def test_a_frame_in_a_frame_out_with_a_fixed_schema():
    found = classified(FRAME)
    assert {c: str(t) for c, t in found.dtypes.items()} == dict(STATEMENT_COLUMNS)
    empty = classified(FRAME.iloc[:0])
    assert len(empty) == 0
    assert empty.dtypes.equals(found.dtypes)


def test_the_frame_handed_in_is_left_alone():
    before = FRAME.copy(deep=True)
    classified(FRAME)
    pd.testing.assert_frame_equal(FRAME, before)


@pytest.mark.promise(6)
def test_parts_give_what_the_whole_gives():
    parts = pd.concat([classified(FRAME.iloc[i : i + 2]) for i in range(0, len(FRAME), 2)])
    pd.testing.assert_frame_equal(plain(parts), plain(classified(FRAME)))


def test_an_unreadable_cell_is_a_row_that_says_so():
    frame = pd.DataFrame({"text": ["Huawei denied it.", None, 7]})
    found = stance.classify_frame(frame)
    bad = found[found["flags"].str.startswith("unreadable")]
    assert list(bad["document"]) == ["1", "2"]
    assert bad["stance"].isna().all()


def test_a_missing_column_is_named():
    with pytest.raises(stance.InputError, match="no column 'txt'; found 'body', 'date', 'paper'"):
        stance.classify_frame(FRAME, text="txt")


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, protocol="tcp") as made, distributed.Client(made) as client:
        yield client


@pytest.mark.promise(6)
@pytest.mark.filterwarnings("ignore")  # dask and tornado warn of their own affairs
class TestDask:
    def test_joblib_over_a_dask_cluster(self, cluster, monkeypatch):
        monkeypatch.setattr("stance.api.CHUNK_CHARACTERS", 500)
        texts = list(FRAME["body"])
        alone = stance.classify(texts)
        with joblib.parallel_config("dask"):
            there = stance.classify(texts, n_jobs=2)
        assert there.to_dict() == alone.to_dict()

    def test_map_partitions(self, cluster):
        dd = pytest.importorskip("dask.dataframe")
        spread = dd.from_pandas(FRAME, npartitions=3)
        meta = classified(FRAME.iloc[:0])
        found = spread.map_partitions(classified, meta=meta).compute()
        pd.testing.assert_frame_equal(plain(found), plain(classified(FRAME)), check_dtype=False)


@pytest.mark.promise(6)
@pytest.mark.filterwarnings("ignore")
def test_spark_map_in_pandas(monkeypatch):
    sql = pytest.importorskip("pyspark.sql")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    types = {"object": "string", "int64": "bigint", "float64": "double", "bool": "boolean"}
    schema = ", ".join(f"`{c}` {types[t]}" for c, t in STATEMENT_COLUMNS.items())

    def in_frames(frames):  # of this function, not of this module, which the workers cannot import
        import stance as there

        for frame in frames:
            yield there.classify_frame(frame, text="body", document="paper")

    in_frames.__module__ = "__main__"
    spark = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1").getOrCreate()
    try:
        spread = spark.createDataFrame(FRAME.to_dict("records")).repartition(3)
        found = spread.mapInPandas(in_frames, schema).toPandas()
        order = ["document", "start", "content"]
        there, here = (plain(f.sort_values(order)) for f in (found, classified(FRAME)))
        pd.testing.assert_frame_equal(there, here, check_dtype=False)
    finally:
        spark.stop()


@pytest.mark.promise(6)
@pytest.mark.filterwarnings("ignore")
def test_ray_map_batches_and_joblib_over_ray(monkeypatch, tmp_path):
    data = pytest.importorskip("ray.data")
    import ray
    from ray.util.joblib import register_ray

    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")  # else it writes a token into the home folder
    monkeypatch.setattr("stance.api.CHUNK_CHARACTERS", 500)
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        spread = data.from_pandas(FRAME).repartition(3)
        found = spread.map_batches(stance.classify_frame, batch_format="pandas", fn_kwargs={"text": "body", "document": "paper"}).to_pandas()
        order = ["document", "start", "content"]
        there, here = (plain(f.sort_values(order)) for f in (found, classified(FRAME)))
        pd.testing.assert_frame_equal(there, here, check_dtype=False)
        register_ray()
        with joblib.parallel_config("ray"):
            assert stance.classify(list(FRAME["body"]), n_jobs=2).to_dict() == stance.classify(list(FRAME["body"])).to_dict()
    finally:
        ray.shutdown()
