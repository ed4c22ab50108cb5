# Best and last weights of a run on every split but its training one. INPUT a run. OUTPUT numbers beside it.


rule evaluate:
    """Evaluate {wildcards.experiment}, seed {wildcards.seed}."""
    input:
        data=lambda wc: ancient(
            f"results/{wc.preset}/data/{TABLE[wc.experiment].experiment.images[0]}/manifest.json"
        ),
        best="results/{preset}/runs/{experiment}/seed{seed}/best.safetensors",
        last="results/{preset}/runs/{experiment}/seed{seed}/last.safetensors",
    output:
        metrics="results/{preset}/runs/{experiment}/seed{seed}/metrics.json",
        per_class=report(
            "results/{preset}/runs/{experiment}/seed{seed}/per_class.csv",
            caption="../report/captions/per_class.rst",
            category="Runs",
            subcategory="{experiment}",
            labels={"seed": "{seed}", "what": "every class"},
        ),
        confusion="results/{preset}/runs/{experiment}/seed{seed}/confusion.csv",
        predictions="results/{preset}/runs/{experiment}/seed{seed}/predictions.csv",
        calibration="results/{preset}/runs/{experiment}/seed{seed}/calibration.csv",
        logits="results/{preset}/runs/{experiment}/seed{seed}/logits.safetensors",
    log:
        "results/{preset}/logs/evaluate/{experiment}-seed{seed}.txt",
    benchmark:
        "results/{preset}/benchmarks/evaluate/{experiment}-seed{seed}.tsv"
    conda:
        "../../envs/landcover.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
        cuda=ON_CUDA,
    params:
        folder=subpath(output.metrics, parent=True),
    shell:
        "lc-cli evaluate"
        " --run {params.folder:q}"
        " --preset {wildcards.preset:q}"
        " > {log:q} 2>&1"
