# What a data set holds, and what is wrong with it. INPUT the prepared images. OUTPUT results/{preset}/explore/{dataset}/


rule explore:
    """Count, draw and audit the images of {wildcards.dataset}."""
    input:
        data=ancient("results/{preset}/data/{dataset}/manifest.json"),
    output:
        audit="results/{preset}/explore/{dataset}/audit.json",
        tables=expand(
            "results/{{preset}}/explore/{{dataset}}/{table}.csv",
            table=(
                "class_counts",
                "channels",
                "near_constant",
                "exact_duplicates",
                "near_duplicates",
                "look_alikes",
                "look_alike_classes",
                "neighbours",
                "neighbour_thresholds",
            ),
        ),
        figures=expand(
            "results/{{preset}}/explore/{{dataset}}/{figure}.{kind}",
            figure=(
                "class_counts",
                "samples",
                "augmented",
                "near_constant",
                "near_duplicates",
                "look_alikes",
                "look_alike_classes",
                "neighbours",
                "neighbour_scores",
            ),
            kind=("svg", "png"),
        ),
    log:
        "results/{preset}/logs/explore/{dataset}.txt",
    benchmark:
        "results/{preset}/benchmarks/explore/{dataset}.tsv"
    conda:
        "../../envs/landcover.yaml"
    threads: 1
    resources:
        mem_mb=3000,
        runtime=20,
    params:
        folder=subpath(output.audit, parent=True),
    shell:
        "lc-cli explore {wildcards.dataset:q}"
        " --preset {wildcards.preset:q}"
        " --out {params.folder:q}"
        " > {log:q} 2>&1"
