"""Operations: deliveries, runs and their figures."""
