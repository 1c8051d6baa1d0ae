/** The part of jsfive that is used: its structures as it finds them; values are read by their place. */
declare module 'jsfive' {
  /** Throws strings, and errors of many kinds, for what is damaged or not known to it. */
  interface DataObjects {
    /** Where the object begins in the file; what tells objects apart that several names lead to. */
    readonly offset: number;
    /** Header messages of a type, as the format numbers them. */
    find_msg_type(type: number): readonly { get(key: 'offset_to_message'): number }[];
  }
  export class Group {
    readonly keys: readonly string[];
    /** By type: bytes as numbers, text, or lists of these. */
    readonly attrs: Readonly<Record<string, unknown>>;
    readonly _dataobjects: DataObjects;
    /** Null for a link that leads nowhere. */
    get(name: string): Group | Dataset | null;
  }
  export class Dataset {
    readonly shape: readonly number[];
    /** As NumPy writes it ("<f4"); a list for what is no plain number. */
    readonly dtype: unknown;
    readonly _dataobjects: DataObjects;
  }
  export class File extends Group {
    constructor(bytes: ArrayBuffer, name: string);
  }
}
