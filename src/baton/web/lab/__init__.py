"""The phone lab: a page on which staff play customers, and see how each word was judged."""
