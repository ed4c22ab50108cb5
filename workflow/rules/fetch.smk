# Images of a data set -> one array, checked and decoded once. INPUT none. OUTPUT results/{preset}/data/{dataset}/


rule fetch:
    """Prepare the images of {wildcards.dataset} for {wildcards.preset}."""
    output:
        images="results/{preset}/data/{dataset}/images.npy",
        labels="results/{preset}/data/{dataset}/labels.npy",
        index="results/{preset}/data/{dataset}/index.csv",
        manifest="results/{preset}/data/{dataset}/manifest.json",
    log:
        "results/{preset}/logs/fetch/{dataset}.txt",
    benchmark:
        "results/{preset}/benchmarks/fetch/{dataset}.tsv"
    conda:
        "../../envs/landcover.yaml"
    resources:
        mem_mb=3000,
        runtime=60,
    params:
        folder=subpath(output.manifest, parent=True),
        images_per_class=dict(TABLE.preset.images_per_class),
    shell:
        "lc-cli fetch {wildcards.dataset:q}"
        " --preset {wildcards.preset:q}"
        " --out {params.folder:q}"
        " > {log:q} 2>&1"
