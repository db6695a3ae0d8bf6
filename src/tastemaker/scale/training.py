"""A training on several machines by Ray Train: it starts the processes, makes their group, and starts them again.

What is trained knows nothing of it: see :mod:`tastemaker.nn.together`. A training that keeps a checkpoint goes on from
it after a process or a machine has died.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from tastemaker.core.errors import WorkspaceError
from tastemaker.scale.cluster import joined

DEATHS = 3
"""Times that the processes are started again after one has died."""


def train_on_ray(
    work: Callable[[Mapping[str, str]], None], told: Mapping[str, str], workers: int, folder: Path
) -> None:
    """Do the same work in several processes that learn together.

    Args:
        work: what each does; a function of a module, which every machine has.
        told: what it is told.
        workers: how many processes, one core each.
        folder: where Ray writes down what it does; seen by every machine.

    Raises:
        WorkspaceError: it failed, or processes died again and again.
        MissingExtra: Ray is not installed.
    """
    with joined(workers + 1):
        from ray import train
        from ray.train.torch import TorchConfig, TorchTrainer

        trainer = TorchTrainer(
            work,
            train_loop_config=dict(told),
            torch_config=TorchConfig(backend="gloo"),
            scaling_config=train.ScalingConfig(num_workers=workers, resources_per_worker={"CPU": 1}),
            run_config=train.RunConfig(
                name="train", storage_path=str(folder), failure_config=train.FailureConfig(max_failures=DEATHS)
            ),
        )
        try:
            trainer.fit()
        except train.TrainingFailedError as error:
            said = str(error).strip().splitlines()[-1]
            raise WorkspaceError(
                f"the training on Ray failed: {said}", hint="the same fits here without Ray"
            ) from error
