namespace FuncQueue.Engine.Topics.Filters;

/// <summary>What there is to examine of a filter that was found, laid out so that many are examined quickly.</summary>
internal readonly struct Examination(BoundFilter filter)
{
    /// <summary>The place of the filter's subscription among all.</summary>
    public readonly int Subscription = filter.Subscription;

    private readonly int attribute = filter.OnlyAttribute?.Slot ?? -1;
    private readonly ValueTest? test = filter.OnlyAttribute?.Test;
    private readonly BoundFilter? rest = filter.IsFoundOnly ? null : filter;

    /// <summary>Whether being found is to match.</summary>
    public bool IsNothing => rest is null;

    /// <summary>The filter, where more is to examine than an attribute's values.</summary>
    public BoundFilter? Rest => test is null ? rest : null;

    /// <summary>Of a filter that has no <see cref="Rest"/>.</summary>
    public bool Matches(FieldSet? attributes) => test!.Matches(attributes?[attribute]);
}
