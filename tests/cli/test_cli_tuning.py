"""Fine-tuning a CLIP on one's own catalog is one command, and what comes out opens in transformers."""

from transformers import AutoModel, AutoProcessor

from tastemaker.cli.app import run
from tastemaker.testing.worlds import COLOURS, SHAPES, drawing
from tests.alignment.pretrained.small_models import saved_models

SETTINGS = """[space]
name = "pretrained"
model = "{model}"
tune = "lora"
lora_rank = 4
epochs = 6
learning_rate = 3e-3
batch_size = 24
save_to = "{tuned}"
"""


def test_one_command(tmp_path, capsys):
    folder, tuned = tmp_path / "shop", tmp_path / "my-clip"
    (folder / "images").mkdir(parents=True)
    lines = ["id,title,image"]
    for copy in range(9):
        for colour in COLOURS:
            for shape in SHAPES:
                drawing(colour, shape, seed=copy).save(folder / "images" / f"{colour}-{shape}-{copy}.png")
                lines.append(f"{colour}-{shape}-{copy},{colour} {shape},{colour}-{shape}-{copy}.png")
    (folder / "items.csv").write_text("\n".join(lines) + "\n")
    model = saved_models(tmp_path)
    (folder / "tastemaker.toml").write_text(SETTINGS.format(model=model / "clip", tuned=tuned))

    assert run(["fit", str(folder), "--parts", "space"]) == 0
    assert "the tuned model is in" in capsys.readouterr().err.replace("\n", " ")
    assert AutoModel.from_pretrained(tuned).config.model_type == "clip"
    assert AutoProcessor.from_pretrained(tuned).tokenizer is not None
    assert run(["search", str(folder), "red circle", "--json"]) == 0
    assert run(["fit", str(folder)]) == 0
