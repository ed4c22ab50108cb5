# Inside a network: filters, activation maps, top images of every unit, t-SNE. OUTPUT results/{preset}/interpret/{name}/
# One run of each, of the first seed, as the authors did. Where the test split looks on while training, its last weights,
# as the authors kept them there; else its best.

INTERPRETED = [
    "task2-exp5",  # whose filters Figure 7 shows, though the text says Task 1's
    "task5-customcnn",
    "task5-vgg16",
    "task5-vgg19",
    "task5-resnet50",
    "task5-resnet152",
    "task5-final-4",
]
PUBLISHED = ["vgg16"]  # with ImageNet's weights, on CIFAR-10


rule interpret:
    """Look into {wildcards.experiment}."""
    input:
        data=lambda wc: ancient(
            f"results/{wc.preset}/data/{TABLE[wc.experiment].experiment.images[0]}/manifest.json"
        ),
        run=lambda wc: (
            f"results/{wc.preset}/runs/{wc.experiment}/seed{TABLE.seeds(wc.experiment)[0]}/run.json"
        ),
    output:
        filters=directory("results/{preset}/interpret/{experiment}/filters"),
        activations=directory("results/{preset}/interpret/{experiment}/activations"),
        topk=directory("results/{preset}/interpret/{experiment}/topk"),
        tsne=directory("results/{preset}/interpret/{experiment}/tsne"),
    log:
        "results/{preset}/logs/interpret/{experiment}.txt",
    benchmark:
        "results/{preset}/benchmarks/interpret/{experiment}.tsv"
    conda:
        "../../envs/landcover.yaml"
    threads: 1
    resources:
        mem_mb=6000,
        runtime=120,
        cuda=ON_CUDA,
    params:
        run=subpath(input.run, parent=True),
        kind=lambda wc: (
            "last"
            if TABLE[wc.experiment].experiment.selection_split == "test"
            else "best"
        ),
        folder=subpath(output.topk, parent=True),
    shell:
        "lc-cli interpret"
        " --run {params.run:q}"
        " --kind {params.kind}"
        " --preset {wildcards.preset:q}"
        " --out {params.folder:q}"
        " > {log:q} 2>&1"


rule interpret_published:
    """Look into the published {wildcards.published}."""
    input:
        data=ancient("results/{preset}/data/cifar10/manifest.json"),
    output:
        filters=directory("results/{preset}/interpret/{published}/filters"),
        activations=directory("results/{preset}/interpret/{published}/activations"),
        topk=directory("results/{preset}/interpret/{published}/topk"),
        tsne=directory("results/{preset}/interpret/{published}/tsne"),
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
        folder=subpath(output.topk, parent=True),
    shell:
        "lc-cli interpret"
        " --model {wildcards.published:q}"
        " --preset {wildcards.preset:q}"
        " --out {params.folder:q}"
        " > {log:q} 2>&1"
