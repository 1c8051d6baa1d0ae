import type { LoggedTensor } from '../../../src/protocol/logs';
import type { PanelOf } from '../../../src/protocol/panels';
import { plural } from '../../../src/common/plural';
import { formatStep, formatValue } from '../../shared/format';
import { nothingLogged } from './nothingLogged';
import { ValueError } from '../../shared/host';
import { stopFor } from '../playhead';
import { arrowOf } from '../../shared/arrowKeys';
import { Figure, label, LABEL_SIZE, type FigureSize } from './figure';
import { ColorBar, colorOf, heatScale, levelsOf, type HeatScale } from './heatScale';
import { clamp } from './interval';
import { Latest } from './latest';
import { extremesOf, matrixPixels, type MatrixValues } from './matrixPixels';
import type { PanelFrame, PanelServices, PanelView } from './panel';

type Declaration = PanelOf<'matrix'>;

/** Position of the cells on the canvas, in CSS pixels. */
interface Grid {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const MOST_SIDE = 1024;
const CELLS_AT_ONCE = 10;
const MOST_LABEL = 84;
const LEAST_HEIGHT = 90;
const MOST_HEIGHT = 460;
/** Maximum size of the cells of a small matrix. */
const MOST_CELL = 44;
/** Space below the cells for the labels of the columns and their axis. */
const FOOT = 34;
/** Space beside the cells for the label of the row axis. */
const SIDE = 18;

/** A matrix as a heat map whose cells can be read out. */
export class MatrixPanel implements PanelView<'matrix'> {
  readonly node: HTMLElement;
  private readonly figure: Figure;
  private readonly bar = new ColorBar();
  private readonly latest = new Latest<LoggedTensor>(
    (tensor) => this.take(tensor),
    (reason) => {
      this.failure = reason;
      this.refresh();
    },
  );
  private declaration: Declaration | undefined;
  private frame: PanelFrame | undefined;
  private matrix: (MatrixValues & { readonly step: number }) | undefined;
  private failure: string | undefined;
  private scale: HeatScale | undefined;
  private drawn = '';
  private at: { readonly row: number; readonly column: number } | undefined;
  /** Width of the widest row name. */
  private names = 0;

  constructor(private readonly services: PanelServices) {
    this.figure = new Figure('matrix-panel', (context, size) => this.paint(context, size), { below: [this.bar.node] });
    this.node = this.figure.node;
    const { canvas } = this.figure;
    canvas.addEventListener('pointermove', (event) => this.point(event));
    canvas.addEventListener('pointerleave', () => this.moveTo(undefined));
    canvas.addEventListener('blur', () => this.moveTo(undefined));
    canvas.addEventListener('keydown', (event) => this.press(event));
  }

  update(declaration: Declaration, frame: PanelFrame): void {
    this.declaration = declaration;
    this.frame = frame;
    const { tag } = declaration;
    const { tensors } = this.services;
    const steps = frame.run.tensors.get(tag) ?? NOTHING;
    if (tensors.noteSteps(tag, steps)) this.latest.forget();
    const step = stopFor(steps, frame.step);
    if (step !== undefined) this.latest.want(`${step} ${tag}`, () => tensors.get(tag, step).then(checkedMatrix));
    const looks = JSON.stringify([declaration, frame.theme, frame.expected, step]);
    if (looks !== this.drawn) this.refresh();
    this.drawn = looks;
  }

  dispose(): void {
    this.latest.dispose();
    this.figure.dispose();
  }

  private take({ step, shape, values }: LoggedTensor): void {
    this.failure = undefined;
    this.matrix = { step, rows: shape[0]!, columns: shape[1]!, values };
    this.refresh();
    if (this.at !== undefined) this.figure.read(this.reading(this.at));
  }

  private refresh(): void {
    const { declaration, frame, matrix } = this;
    if (declaration === undefined || frame === undefined) return;
    const { title, unit, tag } = declaration;
    this.figure.title(title, matrix ? `step ${formatStep(matrix.step)}` : '');
    const logged = (frame.run.tensors.get(tag)?.length ?? 0) > 0;
    const waiting = logged ? 'Reading the values…' : (frame.expected ?? nothingLogged(title));
    const any = matrix !== undefined && matrix.values.length > 0;
    const empty = matrix !== undefined && !any ? 'The matrix has no cells.' : undefined;
    this.figure.say(this.failure ?? empty ?? (any ? undefined : waiting), any);
    if (!any) return;
    const { at, broken } = extremesOf(matrix);
    const largest = at === undefined ? 0 : matrix.values[at]!;
    const span = { lowest: declaration.scale === 'sequential' ? 0 : -Math.abs(largest), highest: Math.abs(largest) };
    this.scale = heatScale(declaration.scale, span, frame.theme);
    this.bar.show(unit, this.scale);
    const { rows, columns } = matrix;
    const size = `${formatStep(rows)} × ${formatStep(columns)}`;
    const most = at === undefined ? 'no finite values' : `largest ${this.cell(Math.floor(at / columns), at % columns)}`;
    const lost = broken === 0 ? '' : `, ${plural(broken, 'cell', undefined, formatStep(broken))} not finite`;
    this.figure.describe(
      `${title} at step ${formatStep(matrix.step)}: ${size}, ${most}${lost}. Arrow keys read its cells.`,
      `${size}, ${most}${lost}`,
    );
    this.fitHeight();
    this.figure.invalidate();
  }

  /** As high as its cells are wide, if there is room. */
  private fitHeight(): void {
    const { rows, columns } = this.matrix!;
    const { width } = this.figure.size;
    const cell = Math.min(MOST_CELL, (width - SIDE - 40) / columns);
    const height = `${Math.round(clamp(cell * rows, LEAST_HEIGHT, MOST_HEIGHT) + FOOT)}px`;
    if (this.figure.canvas.style.height !== height) this.figure.canvas.style.height = height;
  }

  private rowName(row: number): string {
    return this.declaration!.rows?.[row] ?? String(row);
  }

  private columnName(column: number): string {
    return this.declaration!.columns?.[column] ?? String(column);
  }

  private gridOf(context: CanvasRenderingContext2D | undefined, { width, height }: FigureSize): Grid {
    const { rows, columns } = this.matrix!;
    const names = Array.from({ length: Math.min(rows, 64) }, (_, i) =>
      this.rowName(rows <= 64 ? i : Math.floor((i * (rows - 1)) / 63)),
    );
    const measured = context ? Math.max(...names.map((name) => context.measureText(name).width)) : this.names;
    this.names = measured;
    const left = SIDE + Math.min(MOST_LABEL, Math.ceil(measured)) + 6;
    const room = { across: width - left - 4, down: height - FOOT - 2 };
    const cell = Math.min(MOST_CELL, room.across / columns);
    // A wide matrix may be lower than its container, never wider.
    const down = Math.min(room.down, Math.max(cell * rows, Math.min(room.down, LEAST_HEIGHT)));
    return { left, top: 2, width: Math.min(room.across, cell * columns), height: down };
  }

  private paint(context: CanvasRenderingContext2D, size: FigureSize): void {
    const { matrix, scale, frame, declaration } = this;
    if (!matrix || !scale || !frame || !declaration || matrix.values.length === 0) return;
    const { theme } = frame;
    context.font = `${LABEL_SIZE}px ${theme.font}`;
    const grid = this.gridOf(context, size);
    const { left, top, width, height } = grid;
    if (width < 8 || height < 8) return;
    this.fitHeight();
    const limits = { width: Math.round(width * size.ratio), height: Math.round(height * size.ratio) };
    const pixels = matrixPixels(matrix, scale, limits);
    const canvas = new OffscreenCanvas(pixels.width, pixels.height);
    canvas.getContext('2d')?.putImageData(pixels, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, left, top, width, height);
    context.strokeStyle = theme.grid;
    context.lineWidth = 1;
    context.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
    this.printValues(context, grid);
    this.printNames(context, grid);
    if (this.at === undefined) return;
    const [across, down] = [width / matrix.columns, height / matrix.rows];
    const [x, y] = [left + this.at.column * across, top + this.at.row * down];
    context.strokeStyle = theme.foreground;
    context.lineWidth = 2;
    context.strokeRect(x - 1, y - 1, Math.max(across, 3) + 2, Math.max(down, 3) + 2);
  }

  /** Values in cells that have room for them, black or white depending on the cell's color. */
  private printValues(context: CanvasRenderingContext2D, { left, top, width, height }: Grid): void {
    const { rows, columns, values } = this.matrix!;
    const [across, down] = [width / columns, height / rows];
    if (down < LABEL_SIZE + 3 || across < 20 || values.length > 4096) return;
    const texts = Array.from(values, (value) => formatValue(Number(value.toPrecision(2))));
    context.font = `${LABEL_SIZE}px ${this.frame!.theme.font}`;
    const widest = Math.max(...texts.map((text) => context.measureText(text).width));
    if (widest > across - 4) return;
    const scale = this.scale!;
    const levels = levelsOf(scale);
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    texts.forEach((text, i) => {
      const [red, green, blue] = colorOf(values[i]!, scale, levels);
      context.fillStyle = red * 0.299 + green * 0.587 + blue * 0.114 > 140 ? '#000000' : '#ffffff';
      const [row, column] = [Math.floor(i / columns), i % columns];
      context.fillText(text, left + (column + 0.5) * across, top + (row + 0.5) * down);
    });
  }

  private printNames(context: CanvasRenderingContext2D, { left, top, width, height }: Grid): void {
    const { theme } = this.frame!;
    const { rows, columns } = this.matrix!;
    const { axes } = this.declaration!;
    const [across, down] = [width / columns, height / rows];
    const everyRow = Math.max(1, Math.ceil((LABEL_SIZE + 5) / down));
    for (let row = 0; row < rows; row += everyRow) {
      const name = fitted(context, this.rowName(row), MOST_LABEL);
      label(context, theme, name, { x: left - 5, y: top + (row + 0.5) * down, align: 'right' });
    }
    const names = Array.from({ length: columns }, (_, column) => this.columnName(column));
    const some = [...names.slice(0, 64), ...names.slice(-1)];
    const widest = Math.max(...some.map((name) => context.measureText(name).width), 8);
    const everyColumn = Math.max(1, Math.ceil((Math.min(widest, MOST_LABEL) + 6) / across));
    for (let column = 0; column < columns; column += everyColumn) {
      const name = fitted(context, names[column]!, Math.max(across * everyColumn - 4, 12));
      label(context, theme, name, { x: left + (column + 0.5) * across, y: top + height + 10, align: 'center' });
    }
    label(context, theme, axes.columns, { x: left + width / 2, y: top + height + 25, align: 'center' });
    context.save();
    context.translate(8, top + height / 2);
    context.rotate(-Math.PI / 2);
    label(context, theme, fitted(context, axes.rows, Math.max(height, 60)), { x: 0, y: 0, align: 'center' });
    context.restore();
  }

  private point({ offsetX, offsetY }: PointerEvent): void {
    if (!this.matrix || this.matrix.values.length === 0) return;
    const { left, top, width, height } = this.gridOf(undefined, this.figure.size);
    const { rows, columns } = this.matrix;
    const column = Math.floor(((offsetX - left) / width) * columns);
    const row = Math.floor(((offsetY - top) / height) * rows);
    this.moveTo(row >= 0 && column >= 0 && row < rows && column < columns ? { row, column } : undefined);
  }

  private press(event: KeyboardEvent): void {
    const arrow = arrowOf(event);
    const { matrix } = this;
    const end = event.key === 'End' ? Infinity : event.key === 'Home' ? -Infinity : 0;
    if (!matrix || matrix.values.length === 0 || (arrow === undefined && end === 0)) return;
    event.preventDefault();
    const by = event.shiftKey ? CELLS_AT_ONCE : 1;
    const [right, down] = arrow ?? [end, 0];
    const from = this.at ?? { row: arrow ? -down : 0, column: arrow ? -right : 0 };
    this.moveTo({
      row: clamp(from.row + down * by, 0, matrix.rows - 1),
      column: clamp(from.column + right * by, 0, matrix.columns - 1),
    });
    this.figure.speak(this.reading(this.at!));
  }

  private moveTo(at: { readonly row: number; readonly column: number } | undefined): void {
    if (at?.row === this.at?.row && at?.column === this.at?.column) return;
    this.at = at;
    this.figure.read(at && this.reading(at));
    this.figure.invalidate();
  }

  /** "true class 3, predicted 5: 0.12" */
  private reading({ row, column }: { readonly row: number; readonly column: number }): string {
    const { matrix } = this;
    if (!matrix || row >= matrix.rows || column >= matrix.columns) return '';
    return this.cell(row, column);
  }

  private cell(row: number, column: number): string {
    const { axes, unit } = this.declaration!;
    const value = this.matrix!.values[row * this.matrix!.columns + column]!;
    const number = Number.isFinite(value) ? formatValue(Number(value.toPrecision(4))) : formatValue(value);
    return `${axes.rows} ${this.rowName(row)}, ${axes.columns} ${this.columnName(column)}: ${number}${unit && ` ${unit}`}`;
  }
}

const NOTHING = new Float64Array(0);

/** Throws {@link ValueError} for values that are not a drawable matrix. */
export function checkedMatrix(tensor: LoggedTensor): LoggedTensor {
  const { shape } = tensor;
  if (shape.length !== 2) {
    throw new ValueError(`These values are not a matrix: they have shape [${shape.slice(0, 8).join(', ')}].`);
  }
  if (shape.some((side) => side > MOST_SIDE)) {
    throw new ValueError(`The matrix is too large to draw: ${shape.join(' × ')}, at most ${MOST_SIDE} per side.`);
  }
  return tensor;
}

/** The text, truncated if it is wider than `room`. */
function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let kept = Math.min(text.length, 40);
  while (kept > 1 && context.measureText(`${text.slice(0, kept)}…`).width > room) kept--;
  return `${text.slice(0, kept)}…`;
}
