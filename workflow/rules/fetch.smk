# Images of a data set -> one array, checked and decoded once. INPUT none. OUTPUT results/{preset}/data/{images}/
# {images} is a data set; a photograph's name has its pixels, too, as in terrassa-224.


rule fetch:
    """Prepare the images {wildcards.images} for {wildcards.preset}."""
    output:
        images="results/{preset}/data/{images}/images.npy",
        labels="results/{preset}/data/{images}/labels.npy",
        index="results/{preset}/data/{images}/index.csv",
        manifest="results/{preset}/data/{images}/manifest.json",
    log:
        "results/{preset}/logs/fetch/{images}.txt",
    benchmark:
        "results/{preset}/benchmarks/fetch/{images}.tsv"
    conda:
        "../../envs/landcover.yaml"
    resources:
        mem_mb=3000,
        runtime=60,
    params:
        folder=subpath(output.manifest, parent=True),
        name=lambda wc: IMAGES[wc.images][0],
        pixels=lambda wc: IMAGES[wc.images][1],
        images_per_class=dict(TABLE.preset.images_per_class),
    shell:
        "lc-cli fetch {params.name:q}"
        " --image-size {params.pixels}"
        " --preset {wildcards.preset:q}"
        " --out {params.folder:q}"
        " > {log:q} 2>&1"


localrules:
    fetch_weights,


rule fetch_weights:
    """Download the ImageNet weights of {wildcards.backbone}."""
    output:
        facts="results/{preset}/weights/{backbone}.json",
    log:
        "results/{preset}/logs/fetch/{backbone}.txt",
    benchmark:
        "results/{preset}/benchmarks/fetch/{backbone}.tsv"
    conda:
        "../../envs/landcover.yaml"
    resources:
        mem_mb=3000,
        runtime=60,
    params:
        folder=subpath(output.facts, parent=True),
    shell:
        "lc-cli fetch {wildcards.backbone:q}"
        " --out {params.folder:q}"
        " > {log:q} 2>&1"
