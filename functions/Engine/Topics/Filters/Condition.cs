namespace FuncQueue.Engine.Topics.Filters;

/// <summary>A condition on a single value that is more than equality; <see cref="ValueTest"/> holds the equalities.</summary>
internal abstract class Condition
{
    private Condition() { }

    public abstract bool Matches(in Leaf leaf);

    public sealed class Prefix(string prefix) : Condition
    {
        public override bool Matches(in Leaf leaf) => leaf.Text?.StartsWith(prefix, StringComparison.Ordinal) ?? false;
    }

    public sealed class Suffix(string suffix) : Condition
    {
        public override bool Matches(in Leaf leaf) => leaf.Text?.EndsWith(suffix, StringComparison.Ordinal) ?? false;
    }

    public sealed class Pattern(Wildcard wildcard) : Condition
    {
        public override bool Matches(in Leaf leaf) => leaf.Text is { } text && wildcard.Matches(text);
    }

    public sealed class Address(AddressRange range) : Condition
    {
        public override bool Matches(in Leaf leaf) => leaf.Text is { } text && range.Contains(text);
    }

    /// <summary>Bounds that are null bound nothing.</summary>
    public sealed class Range(ExactNumber? bottom, bool withBottom, ExactNumber? top, bool withTop) : Condition
    {
        private readonly ExactNumber least = bottom.GetValueOrDefault();
        private readonly ExactNumber most = top.GetValueOrDefault();

        /// <summary>What comparing with a bound must exceed, or stay below.</summary>
        private readonly int above =
            bottom is null ? -2
            : withBottom ? -1
            : 0;
        private readonly int below =
            top is null ? 2
            : withTop ? 1
            : 0;

        public override bool Matches(in Leaf leaf) =>
            leaf.IsNumber && ExactNumber.Compare(leaf.Number, least) > above && ExactNumber.Compare(leaf.Number, most) < below;
    }

    /// <summary>Any value that the test does not match, null included; there must be one.</summary>
    public sealed class AnythingBut(ValueTest test) : Condition
    {
        public override bool Matches(in Leaf leaf) => !test.Matches(leaf);
    }
}
