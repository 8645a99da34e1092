// Bookmarks and notes of people on the messages of a copy: what the server has of them, and changing it.

import { ask, messageOf, type Parameters, tell } from "../shared/api";
import type { Annotation, Annotations } from "./types";

const ROUTE = "/api/notes";

export type Method = "POST" | "DELETE";
export type Change = { id: string } | { id: string; text: string } | { position: number; text: string | null };

export class AnnotationsStore {
  may = false;
  elsewhere = 0; // how many are on messages that this copy does not have
  known = false;
  private at = new Map<number, Annotation[]>();

  forget(): void {
    this.at = new Map();
    this.elsewhere = 0;
    this.may = false;
    this.known = false;
  }

  // null where there is no route for them: then there are no notes.
  async read(address: Parameters): Promise<Annotations | null> {
    try {
      return await ask<Annotations>(ROUTE, address);
    } catch {
      return null;
    }
  }

  // What there is after a change, or why it was refused.
  async change(address: Parameters, method: Method, change: Change): Promise<Annotations | string> {
    try {
      return await tell<Annotations>(ROUTE, address, method, change);
    } catch (error) {
      return messageOf(error);
    }
  }

  // `has`: whether the copy has a position.
  take({ notes, may_note: may }: Annotations, has: (position: number) => boolean): void {
    this.forget();
    this.may = may;
    this.known = true;
    for (const note of notes) {
      if (note.position === null || !has(note.position)) this.elsewhere += 1;
      else this.at.set(note.position, [...(this.at.get(note.position) ?? []), note]);
    }
  }

  // How many messages have notes.
  get size(): number {
    return this.at.size;
  }

  get positions(): number[] {
    return [...this.at.keys()];
  }

  of(position: number): readonly Annotation[] {
    return this.at.get(position) ?? [];
  }

  bookmark(position: number): Annotation | undefined {
    return this.of(position).find((note) => note.mine && note.bookmark);
  }

  positionOf(id: string): number | undefined {
    for (const [position, notes] of this.at) if (notes.some((note) => note.id === id)) return position;
    return undefined;
  }
}
