# Inside a network: filters, activation maps, top images of every unit, t-SNE. OUTPUT results/{preset}/interpret/{look}/
# Of all seeds of each experiment that the table says `interpret` of, and of the published networks that it names.

LOOKS = TABLE.looks


rule interpret:
    """Look into {wildcards.look}."""
    input:
        data=lambda wc: ancient(
            f"results/{wc.preset}/data/{TABLE[LOOKS[wc.look][0]].experiment.images[0]}/manifest.json"
        ),
        run=lambda wc: (
            "results/{}/runs/{}/seed{}/run.json".format(wc.preset, *LOOKS[wc.look])
        ),
    output:
        methods=directory(
            expand(
                "results/{{preset}}/interpret/{{look}}/{method}",
                method=methods.USUAL,
            )
        ),
    log:
        "results/{preset}/logs/interpret/{look}.txt",
    benchmark:
        "results/{preset}/benchmarks/interpret/{look}.tsv"
    conda:
        "../../envs/landcover.yaml"
    threads: 1
    resources:
        mem_mb=6000,
        runtime=120,
        cuda=ON_CUDA,
    params:
        run=subpath(input.run, parent=True),
        epoch=lambda wc: TABLE[LOOKS[wc.look][0]].interpret,
        folder=subpath(output[0], parent=True),
    shell:
        "lc-cli interpret"
        " --run {params.run:q}"
        " --epoch {params.epoch}"
        " --preset {wildcards.preset:q}"
        " --out {params.folder:q}"
        " > {log:q} 2>&1"


rule interpret_published:
    """Look into the published {wildcards.published}."""
    input:
        data=lambda wc: ancient(
            f"results/{wc.preset}/data/{TABLE.networks[wc.published]}/manifest.json"
        ),
        weights=lambda wc: (
            []
            if TABLE.preset.pretrained
            else ancient([f"results/{wc.preset}/weights/{wc.published}.json"])
        ),
    output:
        methods=directory(
            expand(
                "results/{{preset}}/interpret/{{published}}/{method}",
                method=methods.USUAL,
            )
        ),
    log:
        "results/{preset}/logs/interpret/{published}.txt",
    benchmark:
        "results/{preset}/benchmarks/interpret/{published}.tsv"
    conda:
        "../../envs/landcover.yaml"
    threads: 1
    resources:
        mem_mb=6000,
        runtime=120,
        cuda=ON_CUDA,
    params:
        dataset=lambda wc: TABLE.networks[wc.published],
        folder=subpath(output[0], parent=True),
    shell:
        "lc-cli interpret"
        " --model {wildcards.published:q}"
        " --dataset {params.dataset:q}"
        " --preset {wildcards.preset:q}"
        " --out {params.folder:q}"
        " > {log:q} 2>&1"
