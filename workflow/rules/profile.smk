# Memory and time of every layer. INPUT none. OUTPUT results/{preset}/profile/{model}/


rule profile:
    """Profile {wildcards.model}."""
    output:
        layers=report(
            "results/{preset}/profile/{model}/layers.csv",
            caption="../report/captions/layers.rst",
            category="Profile",
            labels={"model": "{model}", "rows": "every layer"},
        ),
        table=report(
            "results/{preset}/profile/{model}/table1.csv",
            caption="../report/captions/layers.rst",
            category="Profile",
            labels={"model": "{model}", "rows": "as in Table 1"},
        ),
        warm_times=report(
            "results/{preset}/profile/{model}/warm_times.csv",
            caption="../report/captions/layers.rst",
            category="Profile",
            labels={"model": "{model}", "rows": "every layer, mode and batch size"},
        ),
        profile="results/{preset}/profile/{model}/profile.json",
    log:
        "results/{preset}/logs/profile/{model}.txt",
    benchmark:
        "results/{preset}/benchmarks/profile/{model}.tsv"
    conda:
        "../../envs/landcover.yaml"
    threads: lambda wc: workflow.cores  # alone on the machine, or its times mean nothing
    resources:
        mem_mb=2000,
        runtime=10,
        cuda=ON_CUDA,
    params:
        folder=subpath(output.profile, parent=True),
    shell:
        "lc-cli profile"
        " --model {wildcards.model:q}"
        " --out {params.folder:q}"
        " > {log:q} 2>&1"
