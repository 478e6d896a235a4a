/** What a node of a {@link LinkedList} has; the links belong to the list. */
export interface Linked<Node> {
  previous: Node | undefined;
  next: Node | undefined;
}

/** A list whose nodes carry their own links: adding and removing one costs the same wherever it is. */
export class LinkedList<Node extends Linked<Node>> {
  #first: Node | undefined;
  #last: Node | undefined;

  get first(): Node | undefined {
    return this.#first;
  }

  get last(): Node | undefined {
    return this.#last;
  }

  /** `node` must be in no list. */
  push(node: Node): void {
    node.previous = this.#last;
    node.next = undefined;
    if (this.#last === undefined) this.#first = node;
    else this.#last.next = node;
    this.#last = node;
  }

  /** The same, behind `previous`, which is in this list; undefined: before all others. */
  insertAfter(previous: Node | undefined, node: Node): void {
    const next = previous === undefined ? this.#first : previous.next;
    node.previous = previous;
    node.next = next;
    if (previous === undefined) this.#first = node;
    else previous.next = node;
    if (next === undefined) this.#last = node;
    else next.previous = node;
  }

  /** `node` must be in this list. */
  remove(node: Node): void {
    if (node.previous === undefined) this.#first = node.next;
    else node.previous.next = node.next;
    if (node.next === undefined) this.#last = node.previous;
    else node.next.previous = node.previous;
    node.previous = undefined;
    node.next = undefined;
  }
}
