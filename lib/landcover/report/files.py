"""The files beside the page: figures/ and tables/."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from landcover import artifacts, style
from landcover.errors import ArtifactError
from landcover.report.content import Content
from landcover.report.svg import Drawings
from landcover.report.table import Column, latex, markdown
from landcover.results import layout


@dataclass(frozen=True)
class Files:
    """Writes files below `out`, and returns figures and pictures as parts of the page.

    A small report has no figures, and no Markdown and LaTeX tables, beside its page.
    """

    out: Path
    is_small: bool = False
    drawings: Drawings = field(default_factory=Drawings)

    @property
    def formats(self) -> Mapping[str, str]:
        """Returns the formats of tables: their names, and the endings of their files."""
        return {"CSV": "csv"} | ({} if self.is_small else {"Markdown": "md", "LaTeX": "tex"})

    def write_figure(self, name: str, drawn: Figure, label: str) -> Markup:
        drawing = style.svg(drawn, name)
        if not self.is_small:
            artifacts.write_text(self.out / layout.FIGURES / f"{name}.svg", drawing)
        return Markup(self.drawings.inline(drawing, label))  # noqa: S704, ours

    def write_picture(self, name: str, picture: Path, label: str) -> Markup:
        """Copies a picture; on the page, an SVG is a part of it and a PNG is a data URI."""
        image = picture.read_bytes()
        if not self.is_small:
            place = self.out / layout.FIGURES / f"{name}{picture.suffix}"
            artifacts.write(place, lambda file: file.write(image))
        if picture.suffix == ".svg":
            try:
                return Markup(self.drawings.inline(image.decode(), label))  # noqa: S704, looked through
            except ArtifactError as error:
                raise ArtifactError(f"{picture} has {error}; draw it again") from error
            except UnicodeDecodeError as error:
                raise ArtifactError(f"{picture} is no SVG ({error}); draw it again") from error
        source = f"data:image/png;base64,{base64.b64encode(image).decode()}"
        return Markup('<img src="{}" alt="{}">').format(source, label)

    def write_data(self, name: str, data: pd.DataFrame) -> None:
        artifacts.write_csv(self.out / layout.TABLES / f"{name}.csv", data)

    def write_table(self, name: str, table: pd.DataFrame, columns: Sequence[Column]) -> None:
        self.write_data(name, table)
        if not self.is_small:
            artifacts.write_text(self.out / layout.TABLES / f"{name}.md", markdown(table, columns))
            artifacts.write_text(self.out / layout.TABLES / f"{name}.tex", latex(table, columns))

    def beside_the_page(self, name: str, content: Content, folded: Sequence[str]) -> list[str]:
        """Returns the files that an item's figures link to; a table has links of its own."""
        tables = [f"{layout.TABLES}/{name}.csv"] if content.data is not None else []
        if self.is_small:
            return tables
        figures = [f"{figure}.svg" for figure in ([name, *folded] if content.figure else [])]
        if content.picture:
            figures.append(f"{name}{content.picture.suffix}")
        figures += [f"{name}-{path.name}" for path in content.more]
        return [*(f"{layout.FIGURES}/{figure}" for figure in figures), *tables]
