"""What comes back: taken in, shown, decided by the policy, labelled and paid back."""
