-- For the metrics and doctor: the clusters that could not be folded are few, the others many.
create index cluster_failed on cluster (list_id, id) where folded = -1;
