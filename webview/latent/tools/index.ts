import type { Theme } from '../../shared/theme';
import type { ToolActions } from '../model/state';
import { ArithmeticTool } from './arithmeticTool';
import { DecodeTool } from './decodeTool';
import { InterpolateTool } from './interpolateTool';
import { ManifoldTool } from './manifoldTool';
import { NeighbourhoodTool } from './neighbourhoodTool';
import { PosteriorTool } from './posteriorTool';
import { SelectionTool } from './selectionTool';
import { SlidersTool } from './slidersTool';
import type { MapActions, Tool } from './tool';
import { TraverseTool } from './traverseTool';

/** All tools, in the order in which they stand beside the points. */
export interface Tools {
  readonly all: readonly Tool[];
  readonly decode: DecodeTool;
  readonly selection: SelectionTool;
  setTheme(theme: Theme): void;
}

export function makeTools(theme: Theme, actions: ToolActions, map: MapActions): Tools {
  const decode = new DecodeTool(actions, map);
  const selection = new SelectionTool(actions, map.positions);
  const posterior = new PosteriorTool(theme);
  const all = [
    decode,
    new InterpolateTool(actions),
    new TraverseTool(actions, map.chooseDimension),
    new SlidersTool(actions),
    selection,
    new ArithmeticTool(actions),
    new ManifoldTool(actions),
    new NeighbourhoodTool(actions),
    posterior,
  ];
  return { all, decode, selection, setTheme: (each) => posterior.setTheme(each) };
}
