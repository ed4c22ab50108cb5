# One experiment with one seed. INPUT the prepared images. OUTPUT weights and history in its run folder.
# state/, from which an interrupted run goes on, is no output: Snakemake would delete it with a failed job.


rule train:
    """Train {wildcards.experiment}, seed {wildcards.seed}."""
    input:
        # ancient: images are pinned by their checksums, so their dates mean nothing
        data=lambda wc: ancient(
            [
                f"results/{wc.preset}/data/{images}/manifest.json"
                for images in TABLE[wc.experiment].experiment.images
            ]
        ),
        weights=lambda wc: ancient(
            [
                f"results/{wc.preset}/weights/{backbone}.json"
                for backbone in filter(None, [TABLE.backbone(wc.experiment)])
            ]
        ),
        initial=lambda wc: [
            f"results/{wc.preset}/runs/{ancestor}/seed{wc.seed}/last.safetensors"
            for ancestor in filter(None, [TABLE[wc.experiment].experiment.init_from])
        ],
    output:
        spec="results/{preset}/runs/{experiment}/seed{seed}/spec.json",
        run="results/{preset}/runs/{experiment}/seed{seed}/run.json",
        history=report(
            "results/{preset}/runs/{experiment}/seed{seed}/history.csv",
            caption="../report/captions/history.rst",
            category="Runs",
            subcategory="{experiment}",
            labels={"seed": "{seed}", "what": "every epoch"},
        ),
        best="results/{preset}/runs/{experiment}/seed{seed}/best.safetensors",
        last="results/{preset}/runs/{experiment}/seed{seed}/last.safetensors",
    log:
        "results/{preset}/logs/train/{experiment}-seed{seed}.txt",
    benchmark:
        "results/{preset}/benchmarks/train/{experiment}-seed{seed}.tsv"
    conda:
        "../../envs/landcover.yaml"
    threads: 1  # the sums of a thread's share make the bytes, so these must not depend on --cores
    resources:
        mem_mb=lambda wc: (
            4000 if TABLE[wc.experiment].experiment.model == "customcnn" else 12000
        ),
        runtime=240,
        cuda=ON_CUDA,
    params:
        folder=subpath(output.run, parent=True),
        spec=lambda wc: TABLE.trigger(wc.experiment),  # a change of it, and only that, trains again
        precision=TABLE.preset.precision,
    shell:
        "lc-cli train {wildcards.experiment:q}"
        " --seed {wildcards.seed}"
        " --preset {wildcards.preset:q}"
        " --precision {params.precision}"
        " --out {params.folder:q}"
        " --restart-changed"
        " > {log:q} 2>&1"
