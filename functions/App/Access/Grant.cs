namespace FuncQueue.Functions.Access;

/// <summary>Rights, and the resources that they are for. What is allowed is decided here alone, and purely.</summary>
internal sealed class Grant
{
    private readonly Rights all;

    public Grant(Rights rights, IReadOnlyList<ResourcePattern> resources)
        : this(rights, RightNames.WithIncluded(rights), resources) { }

    private Grant(Rights rights, Rights all, IReadOnlyList<ResourcePattern> resources) =>
        (Rights, this.all, Resources) = (rights, all, resources);

    /// <summary>All that can be done.</summary>
    public static Grant Everything { get; } = new(Rights.All, [ResourcePattern.Any]);

    public static Grant Nothing { get; } = new(Rights.None, []);

    /// <summary>As they were given, without those that they include.</summary>
    public Rights Rights { get; }

    public IReadOnlyList<ResourcePattern> Resources { get; }

    /// <summary>The rights without those that they include elsewhere: as access keys of the settings have always been.</summary>
    public static Grant Exactly(Rights rights, IReadOnlyList<ResourcePattern> resources) => new(rights, rights, resources);

    /// <summary>Whether one of the rights is there, on whatever resource.</summary>
    public bool Has(Rights anyOf) => (all & anyOf) != 0;

    /// <summary>Whether one of the rights is there on the resource.</summary>
    public bool Allows(Rights anyOf, Resource resource) => Has(anyOf) && Reaches(resource);

    /// <summary>Whether the rights are for this resource, whichever they are.</summary>
    public bool Reaches(Resource resource) => Resources.Any(pattern => pattern.Matches(resource));
}
