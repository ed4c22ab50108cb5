# Everything that was measured -> one page. INPUT measurements and the authors' numbers. OUTPUT results/{preset}/report/

PICTURED = {TABLE.largest(name) for name in ("eurosat", "paris")} & {
    images for name in OBTAINABLE for images in TABLE[name].experiment.images
}


rule report:
    """Assemble the report of {wildcards.preset}."""
    input:
        metrics=[
            f"results/{{preset}}/runs/{name}/seed{seed}/metrics.json"
            for name in OBTAINABLE
            for seed in TABLE.seeds(name)
        ],
        pictures=expand(
            "results/{{preset}}/explore/{images}/audit.json", images=PICTURED
        ),
        insides=expand(
            "results/{{preset}}/interpret/{name}/{method}",
            name=[
                *(look for look, (name, _) in LOOKS.items() if name in OBTAINABLE),
                *NETWORKS,
            ],
            method=methods.USUAL,
        ),
        combined=["results/{preset}/combine/summary.json"] if RUNS else [],
        missed=[
            f"results/{{preset}}/missed/{name}/summary.json"
            for name in dict.fromkeys(name for name, _ in RUNS)
        ],
        profile=expand(
            "results/{{preset}}/profile/{model}/profile.json", model="customcnn"
        ),
        authors=[
            workflow.source_path(f"../reference/{name}")
            for name in (
                "curves.csv",
                "final_metrics.csv",
                "table1_profile.csv",
                "confusion_matrices_test.csv",
                "topk_identified.csv",
                "eurosat_split_sha256.csv",
                "published.yaml",
            )
        ],
        ledger=workflow.source_path("../claims.yaml"),
        template=[
            workflow.source_path(f"../report/{name}")
            for name in (
                "items.yaml",
                "index.html.j2",
                "parts.html.j2",
                "lessons.md.j2",
                "report.css",
                "report.js",
            )
        ],
    output:
        page=report(
            "results/{preset}/report/index.html",
            caption="../report/captions/page.rst",
            category="Report",
            labels={"what": "the page"},
        ),
        claims=report(
            "results/{preset}/report/claims.csv",
            caption="../report/captions/claims.rst",
            category="Report",
            labels={"what": "two judgements of every claim"},
        ),
        crate=report(
            "results/{preset}/report/ro-crate-metadata.json",
            caption="../report/captions/crate.rst",
            category="Report",
            labels={"what": "provenance, for machines"},
        ),
        source=directory("results/{preset}/report/source"),
        figures=report(
            directory("results/{preset}/report/figures"),
            patterns=["{figure}.svg"],
            caption="../report/captions/figure.rst",
            category="Figures",
            labels={"figure": "{figure}"},
        ),
        tables=report(
            directory("results/{preset}/report/tables"),
            patterns=["{table}.csv"],
            caption="../report/captions/table.rst",
            category="Tables",
            labels={"table": "{table}"},
        ),
    log:
        "results/{preset}/logs/report.txt",
    benchmark:
        "results/{preset}/benchmarks/report.tsv"
    conda:
        "../../envs/landcover.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        folder=subpath(output.page, parent=True),
        precision=TABLE.preset.precision,
        seeds=(
            ["--seeds", ",".join(map(str, TABLE.preset.seeds))]
            if "seeds" in config
            else []
        ),
        entries=[str(TABLE[name]) for name in TABLE],  # groups, too, shape the page
    shell:
        "lc-cli report"
        " --preset {wildcards.preset:q}"
        " --precision {params.precision}"
        " {params.seeds}"
        " --out {params.folder:q}"
        " > {log:q} 2>&1"
