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
  readonly children: ReactNode;
}

export class ViewBoundary extends Component<ViewBoundaryProps, Failed> {
  override state: Failed = { message: null };

  static getDerivedStateFromError(error: unknown): Failed {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override componentDidUpdate({ at }: ViewBoundaryProps): void {
    if (at !== this.props.at && this.state.message !== null) this.setState({ message: null });
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
