"""Label models on plain arrays: from (task, worker, label) to a probability for each label."""
