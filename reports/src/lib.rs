//! Events of a run become JUnit, JSON, Markdown and HTML
