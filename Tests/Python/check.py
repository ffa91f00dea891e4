"""check.py NAME: NAME/trials.parquet and NAME/study.nc have what NAME.csv and NAME.json have."""
import json
import sys

import numpy as np
import pandas as pd
import xarray as xr

name = sys.argv[1]
trials = pd.read_parquet(f"{name}/trials.parquet")
study = xr.open_dataset(f"{name}/study.nc")
words = ("cell", "verdict", "quality", "certificate", "at_rest", "global", "kind", "level")
csv = pd.read_csv(f"{name}.csv", dtype={word: str for word in words}, float_precision="round_trip")
report = json.load(open(f"{name}.json"))

assert len(trials) == len(csv) > 0
for column in trials.columns:
    own, other = trials[column], csv[column]
    if column in words:
        assert list(own.astype(object).where(own.notna(), "")) == list(other.fillna("")), column
    else:
        # Every digit: the CSV has seventeen.
        np.testing.assert_array_equal(own.astype(float).to_numpy(np.float64, na_value=np.nan), other.astype(float), column)

labels = list(study["cell"].values)
assert labels == [cell["cell"] for cell in report["tables"]["cells"]]
verdicts = study["verdict"].attrs["words"].split(", ")
for place, cell in enumerate(report["tables"]["cells"]):
    counts = (study["verdict"].isel(cell=place) == verdicts.index("good")).sum()
    assert int(counts) == cell["good"], cell["cell"]
    assert float(study["p_good_lower"][place]) == cell["p_good_lower"]
    risks = csv[csv["cell"] == cell["cell"]]["risk"].to_numpy()
    np.testing.assert_array_equal(study["risk"].isel(cell=place).values[: len(risks)], risks)
assert study.attrs["definition_hash"] == report["definition_hash"] and "training:" in study.attrs["definition"]
if any(cell["checkpoints"] for cell in report["tables"]["cells"]):
    assert study.sizes["checkpoint"] == report["tables"]["cells"][0]["checkpoints"]
    # The last checkpoint is the end of training: the bin of the median holds the median.
    for label in labels:
        median = np.quantile(csv[csv["cell"] == label]["risk"], 0.5, method="inverted_cdf")
        last = study.sel(cell=label).isel(checkpoint=-1)
        assert last["risk_along_quantile_0_5_above"] < median <= last["risk_along_quantile_0_5_at_most"], label
print(f"Tests/Python: {name}: {len(trials)} trials, {len(study.data_vars)} variables")
