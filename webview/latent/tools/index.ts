import type { Stage } from '../stage/stage';
import { ArithmeticTool } from './arithmeticTool';
import { DecodeTool } from './decodeTool';
import { DrawsTool } from './drawsTool';
import { GeneratedTool } from './generatedTool';
import { InterpolateTool } from './interpolateTool';
import { ManifoldTool } from './manifoldTool';
import { NeighborhoodTool } from './neighborhoodTool';
import { PosteriorTool } from './posteriorTool';
import { SelectionTool } from './selectionTool';
import { SlidersTool } from './slidersTool';
import type { Tool, ToolParts } from './tool';
import { TraverseTool } from './traverseTool';

/** All tools in their order beside the map, and the one that shows the selection. */
export function makeTools(
  parts: ToolParts,
  stage: Pick<Stage, 'positions'>,
): { readonly all: readonly Tool[]; readonly selection: SelectionTool } {
  const selection = new SelectionTool(parts, stage);
  const all = [
    new GeneratedTool(parts),
    new DecodeTool(parts),
    new DrawsTool(parts),
    new InterpolateTool(parts),
    new TraverseTool(parts),
    new SlidersTool(parts),
    selection,
    new ArithmeticTool(parts),
    new ManifoldTool(parts),
    new NeighborhoodTool(parts),
    new PosteriorTool(parts),
  ];
  return { all, selection };
}
