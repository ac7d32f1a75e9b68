"""What is asked of schools, what comes back, and corrections: disputed on a school's sheet, reviewed, taken by the next build."""
