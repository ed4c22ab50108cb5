# Test images that every seed gets wrong. INPUT evaluated runs, their images. OUTPUT results/{preset}/missed/{experiment}/


rule missed:
    """Find the test images that every seed of {wildcards.experiment} gets wrong."""
    input:
        data=lambda wc: ancient(
            f"results/{wc.preset}/data/{TABLE[wc.experiment].experiment.images[0]}/manifest.json"
        ),
        predictions=lambda wc: [
            f"results/{wc.preset}/runs/{wc.experiment}/seed{seed}/predictions.csv"
            for seed in TABLE.seeds(wc.experiment)
        ],
    output:
        table="results/{preset}/missed/{experiment}/missed.csv",
        figure=report(
            "results/{preset}/missed/{experiment}/missed.svg",
            caption="../report/captions/missed.rst",
            category="Images",
            subcategory="{experiment}",
        ),
        png="results/{preset}/missed/{experiment}/missed.png",
        summary="results/{preset}/missed/{experiment}/summary.json",
    log:
        "results/{preset}/logs/missed/{experiment}.txt",
    benchmark:
        "results/{preset}/benchmarks/missed/{experiment}.tsv"
    conda:
        "../../envs/landcover.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        runs=lambda wc, input: [
            f"--run={Path(file).parent}" for file in input.predictions
        ],
        folder=subpath(output.summary, parent=True),
    shell:
        "lc-cli missed"
        " {params.runs:q}"
        " --preset {wildcards.preset:q}"
        " --out {params.folder:q}"
        " > {log:q} 2>&1"
