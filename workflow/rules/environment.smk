# How every job finds `lc-cli`: this checkout's own code, run by the environment's Python.
# Set here and not in params, where another data folder or device would look like a new experiment.

import shutil

from snakemake.exceptions import WorkflowError
from snakemake.settings.types import DeploymentMethod

in_conda = DeploymentMethod.CONDA in workflow.deployment_settings.deployment_method
if in_conda and not shutil.which("conda"):
    raise WorkflowError(
        "--use-conda needs conda 24.7.1 or newer, and there is no `conda` on the PATH. Install it "
        "(Miniforge brings it), or run the same command without --use-conda after `make demo` or "
        "`pip install --constraint envs/constraints.txt .`"
    )
variables = {
    "PYTHONPATH": f"{workflow.basedir}/lib:{workflow.basedir}/cli",
    "LANDCOVER_PYTHON": "python" if in_conda else sys.executable,
    **{
        f"LANDCOVER_{key.upper()}": config[key]
        for key in ("data", "device")
        if key in config
    },
}
exports = [f"export {name}={shlex.quote(value)}; " for name, value in variables.items()]

shell.prefix(
    "set -euo pipefail; "
    + "".join(exports).replace("{", "{{").replace("}", "}}")  # a path may have braces
    + """lc-cli() {{ "$LANDCOVER_PYTHON" -m lc_cli "$@"; }}; """
)


# One job at a time has the GPU of this machine, unless `--resources cuda=N` lets N of them share what there is. The name is
# no `gpu`, which the executor for Slurm would ask the cluster for; there a scheduler deals them out, and this limit is not
# counted (`local`).
ON_CUDA = int(
    gpus.takes_gpu(config.get("device", os.environ.get("LANDCOVER_DEVICE", "auto")))
)
if "cuda" not in workflow.global_resources:
    workflow.global_resources["cuda"] = 1


resource_scopes:
    cuda="local",
