import { element } from '../../shared/dom';
import { fitCanvas, type Frame, type PointRenderer } from './renderer';

const VERTEX = `#version 300 es
in vec2 from;
in vec2 to;
in vec4 color;
uniform vec2 center;
uniform vec2 scale;
uniform float progress;
uniform float size;
out vec4 tint;
void main() {
  vec2 place = (mix(from, to, progress) - center) * scale;
  // A point of opacity 0 is moved out of the clip space.
  gl_Position = color.a > 0.0 ? vec4(place, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = size;
  tint = color;
}`;
const FRAGMENT = `#version 300 es
precision highp float;
in vec4 tint;
uniform float size;
out vec4 result;
void main() {
  float edge = (0.5 - length(gl_PointCoord - 0.5)) * size;
  float cover = tint.a * clamp(edge + 0.5, 0.0, 1.0);
  result = vec4(tint.rgb * cover, cover);
}`;

/** Draws points as sprites with WebGL 2. The positions stay on the device; a frame sends seven numbers. */
export class WebglRenderer implements PointRenderer {
  readonly name = 'WebGL';
  private readonly uniforms: Readonly<Record<'center' | 'scale' | 'progress' | 'size', WebGLUniformLocation | null>>;
  private readonly buffers: Readonly<Record<'from' | 'to' | 'color', WebGLBuffer>>;
  private readonly program: WebGLProgram;
  private count = 0;

  private constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly gl: WebGL2RenderingContext,
    lost: () => void,
  ) {
    this.program = compile(gl);
    gl.useProgram(this.program);
    const uniform = (name: string) => gl.getUniformLocation(this.program, name);
    this.uniforms = {
      center: uniform('center'),
      scale: uniform('scale'),
      progress: uniform('progress'),
      size: uniform('size'),
    };
    this.buffers = {
      from: this.attribute('from', 2, gl.FLOAT),
      to: this.attribute('to', 2, gl.FLOAT),
      color: this.attribute('color', 4, gl.UNSIGNED_BYTE),
    };
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    // Without this the context is never restored.
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      lost();
    });
  }

  /**
   * Undefined without WebGL 2, or if it is rendered in software or fails.
   * @param lost called when the context is lost, with everything drawn
   * @param restored called when a new renderer can be created
   */
  static create(lost: () => void, restored: () => void): WebglRenderer | undefined {
    const canvas = element('canvas', { class: 'points', 'aria-hidden': 'true' });
    const gl = canvas.getContext('webgl2', {
      alpha: true,
      antialias: false,
      depth: false,
      stencil: false,
      failIfMajorPerformanceCaveat: true,
    });
    if (!gl || drawsInSoftware(gl)) return undefined;
    try {
      canvas.addEventListener('webglcontextrestored', restored);
      return new WebglRenderer(canvas, gl, lost);
    } catch {
      return undefined;
    }
  }

  setPositions(from: Float32Array, to: Float32Array): void {
    this.upload(this.buffers.from, from);
    this.upload(this.buffers.to, to);
    this.count = to.length / 2;
  }

  setColors(colors: Uint8Array): void {
    this.upload(this.buffers.color, colors);
  }

  draw(frame: Frame): void {
    const { gl, uniforms } = this;
    const { camera, ratio } = frame;
    if (gl.isContextLost()) return;
    fitCanvas(this.canvas, frame);
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(uniforms.center, camera.x, camera.y);
    gl.uniform2f(uniforms.scale, (2 * camera.scale) / camera.width, (2 * camera.scale) / camera.height);
    gl.uniform1f(uniforms.progress, frame.progress);
    gl.uniform1f(uniforms.size, frame.size * ratio);
    gl.drawArrays(gl.POINTS, 0, Math.min(this.count, frame.limit));
  }

  dispose(): void {
    const { gl } = this;
    Object.values(this.buffers).forEach((buffer) => gl.deleteBuffer(buffer));
    gl.deleteProgram(this.program);
    this.canvas.remove();
  }

  private attribute(name: string, size: number, type: number): WebGLBuffer {
    const { gl } = this;
    const buffer = gl.createBuffer();
    const location = gl.getAttribLocation(this.program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, size, type, type === gl.UNSIGNED_BYTE, 0, 0);
    return buffer;
  }

  private upload(buffer: WebGLBuffer, values: Float32Array | Uint8Array): void {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, buffer);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, values, this.gl.DYNAMIC_DRAW);
  }
}

/**
 * Whether the browser renders WebGL in software, at half the speed of our own canvas. It may not report that as a
 * performance caveat; then only the name of the device reveals it.
 */
function drawsInSoftware(gl: WebGL2RenderingContext): boolean {
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const device: unknown = names ? gl.getParameter(names.UNMASKED_RENDERER_WEBGL) : '';
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(String(device));
}

/** @throws Error if the program does not compile or link */
function compile(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) throw new Error('The graphics device failed to create a shader.');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    throw new Error(gl.getProgramInfoLog(program) ?? 'The shaders do not link.');
  }
  return program;
}
