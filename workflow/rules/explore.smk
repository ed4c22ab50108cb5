# What a data set holds, and what is wrong with it. INPUT the prepared images. OUTPUT results/{preset}/explore/{images}/

PICTURES = (
    "class_counts",
    "samples",
    "augmented",
    "near_constant",
    "near_duplicates",
    "look_alikes",
    "look_alike_classes",
    "neighbours",
    "neighbour_scores",
)


rule explore:
    """Count, draw and audit the images of {wildcards.images}."""
    input:
        data=ancient("results/{preset}/data/{images}/manifest.json"),
    output:
        audit="results/{preset}/explore/{images}/audit.json",
        tables=expand(
            "results/{{preset}}/explore/{{images}}/{table}.csv",
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
        figures=report(
            expand(
                "results/{{preset}}/explore/{{images}}/{figure}.svg", figure=PICTURES
            ),
            caption="../report/captions/images.rst",
            category="Images",
            subcategory="{images}",
        ),
        copies=expand(
            "results/{{preset}}/explore/{{images}}/{figure}.png", figure=PICTURES
        ),
    log:
        "results/{preset}/logs/explore/{images}.txt",
    benchmark:
        "results/{preset}/benchmarks/explore/{images}.tsv"
    conda:
        "../../envs/landcover.yaml"
    threads: 1
    resources:
        mem_mb=3000,
        runtime=20,
    params:
        name=lambda wc: IMAGES[wc.images][0],
        pixels=lambda wc: IMAGES[wc.images][1],
        folder=subpath(output.audit, parent=True),
    shell:
        "lc-cli explore {params.name:q}"
        " --image-size {params.pixels}"
        " --preset {wildcards.preset:q}"
        " --out {params.folder:q}"
        " > {log:q} 2>&1"
