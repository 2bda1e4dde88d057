"""What users pass to fit, evaluate and predict, as feeds of batches."""
