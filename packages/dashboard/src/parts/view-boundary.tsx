/** A view that could not be loaded, as when the network is away or the server was renewed, leaves the rest of the page standing. */
import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { Nothing } from './nothing.tsx';

interface Failed {
  readonly message: string | null;
}

interface ViewBoundaryProps {
  /** The address: at another one there is another view, which is tried. */
  readonly at: string;
  /** Whether the server is heard: what failed while it was not is loaded again by itself. */
  readonly isLive: boolean;
  readonly children: ReactNode;
}

export class ViewBoundary extends Component<ViewBoundaryProps, Failed> {
  override state: Failed = { message: null };

  static getDerivedStateFromError(error: unknown): Failed {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override componentDidUpdate({ at, isLive }: ViewBoundaryProps): void {
    if (this.state.message === null) return;
    if (at !== this.props.at) this.setState({ message: null });
    else if (this.props.isLive && !isLive) location.reload();
  }

  override render(): ReactNode {
    const { message } = this.state;
    if (message === null) return this.props.children;
    return (
      <Nothing title="This view could not be shown" hint={message}>
        <Button variant="light" onClick={() => location.reload()}>
          Load it again
        </Button>
      </Nothing>
    );
  }
}
