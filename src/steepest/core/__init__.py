"""What a formula is made of: numbers, operations, their meaning and their derivatives."""
