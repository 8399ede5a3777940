/** A text of Markdown, drawn. Loaded only where there is one. */
import { Table, Typography } from '@mantine/core';
import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import classes from './code-block.module.css';

/** Headings begin one level lower than they are written: the view has its own. Pictures are left out. */
export function MarkdownText({ text }: { readonly text: string }) {
  return (
    <Typography>
      <Markdown
        remarkPlugins={[remarkGfm]}
        components={{
          img: () => null,
          pre: ({ children }) => <pre className={classes.block}>{children}</pre>,
          h1: ({ children }) => <h2>{children}</h2>,
          h2: ({ children }) => <h3>{children}</h3>,
          h3: ({ children }) => <h4>{children}</h4>,
          table: ({ children }) => (
            <Table.ScrollContainer minWidth={300}>
              <table className={classes.table}>{children}</table>
            </Table.ScrollContainer>
          ),
        }}
      >
        {text}
      </Markdown>
    </Typography>
  );
}
