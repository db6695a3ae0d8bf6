"""Tensors as views of the file: what the library's reader gives, without a copy; damage is an error."""

import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from tastemaker.core import mapped

TENSORS = {
    "matrix": np.arange(12, dtype=np.float32).reshape(3, 4),
    "keys": np.array([2**64 - 1, 0], np.uint64),
    "marks": np.array([True, False, True]),
    "half": np.ones((1, 1, 2), np.float16),
    "one": np.array(3.5),
    "none": np.empty((0, 4), np.int32),
}


@pytest.fixture
def file(tmp_path):
    save_file(TENSORS, tmp_path / "weights.safetensors")
    return tmp_path / "weights.safetensors"


def test_it_reads_what_the_library_reads(file):
    found, expected = mapped.tensors(file), load_file(file)
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        np.testing.assert_array_equal(found[name], array)


def test_nothing_is_copied_and_what_is_written_stays_here(file):
    before, found = file.read_bytes(), mapped.tensors(file)
    base = found["matrix"]
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base if isinstance(base.base, np.ndarray) else base.base.obj
    assert isinstance(base, np.memmap)
    found["matrix"][0, 0] = 77.0
    assert mapped.tensors(file)["matrix"][0, 0] == 0.0
    assert file.read_bytes() == before


def test_no_tensors_are_none(tmp_path):
    save_file({}, tmp_path / "empty.safetensors")
    assert mapped.tensors(tmp_path / "empty.safetensors") == {}


def header(**entries):
    text = json.dumps(entries).encode()
    return len(text).to_bytes(8, "little") + text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b"\xff" * 100,
        header(a={"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}) + b"1234",  # cut off
        header(a={"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}) + b"12345678",  # of another length
        header(a={"dtype": "F99", "shape": [2], "data_offsets": [0, 8]}) + b"12345678",
        header(a={"dtype": "F32", "shape": 2, "data_offsets": [0, 8]}) + b"12345678",
    ],
)
def test_a_damaged_file_is_an_error(tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises((ValueError, KeyError, TypeError)):
        mapped.tensors(tmp_path / "x")
