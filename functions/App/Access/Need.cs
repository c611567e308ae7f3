namespace FuncQueue.Functions.Access;

/// <summary>What a function asks of its caller. Each says so where it calls <see cref="Http.Api"/>, and openapi.json repeats it.</summary>
internal sealed record Need
{
    private Need(NeedKind kind, Rights anyOf = Rights.None, Resource? resource = null) =>
        (Kind, AnyOf, Resource) = (kind, anyOf, resource ?? Resource.Everything);

    /// <summary>Nothing: it is open to everybody.</summary>
    public static Need Nothing { get; } = new(NeedKind.Nothing);

    /// <summary>Any credential, whatever its rights.</summary>
    public static Need Credential { get; } = new(NeedKind.Credential);

    /// <summary>The right to make keys.</summary>
    public static Need Keys { get; } = new(NeedKind.Right, Rights.Keys);

    /// <summary>As <see cref="Keys"/>; but a Functions host that has let the request through has asked for its own key.</summary>
    public static Need HostKey { get; } = new(NeedKind.HostKey, Rights.Keys);

    public NeedKind Kind { get; }

    /// <summary>The rights of which one suffices.</summary>
    public Rights AnyOf { get; }

    /// <summary>What the right must be for.</summary>
    public Resource Resource { get; }

    /// <summary>The right on the resource; of several, one of them.</summary>
    public static Need On(Resource resource, Rights anyOf) => new(NeedKind.Right, anyOf, resource);

    /// <summary>The right on whatever resource: a list, which shows what the caller may see.</summary>
    public static Need Somewhere(Rights anyOf) => new(NeedKind.Somewhere, anyOf);
}
