# Seeds, symmetric views and experts together. INPUT evaluated runs. OUTPUT numbers in results/{preset}/combine/

RUNS, EXPERTS = TABLE.combined_runs(OBTAINABLE)


rule combine:
    """Combine {wildcards.preset}'s networks of what the paper left open."""
    input:
        runs=[
            f"results/{{preset}}/runs/{name}/seed{seed}/logits.safetensors"
            for name, seed in RUNS
        ],
        experts=[
            f"results/{{preset}}/runs/{name}/seed{seed}/logits.safetensors"
            for name, seed in EXPERTS
        ],
    output:
        combinations="results/{preset}/combine/combinations.csv",
        classes="results/{preset}/combine/combined_classes.csv",
        summary="results/{preset}/combine/summary.json",
    log:
        "results/{preset}/logs/combine.txt",
    benchmark:
        "results/{preset}/benchmarks/combine.tsv"
    conda:
        "../../envs/landcover.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        runs=lambda wc, input: [f"--run={Path(file).parent}" for file in input.runs],
        experts=lambda wc, input: [
            f"--expert={Path(file).parent}" for file in input.experts
        ],
        folder=subpath(output.summary, parent=True),
    shell:
        "lc-cli combine"
        " {params.runs:q}"
        " {params.experts:q}"
        " --preset {wildcards.preset:q}"
        " --out {params.folder:q}"
        " > {log:q} 2>&1"
