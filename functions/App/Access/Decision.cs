namespace FuncQueue.Functions.Access;

/// <summary>What is decided of a call: by caller and need alone.</summary>
internal abstract record Decision
{
    private Decision() { }

    public sealed record Allowed : Decision;

    /// <summary>The caller is known and lacks one of the rights on the resource.</summary>
    public sealed record Forbidden(Rights AnyOf, Resource Resource) : Decision;

    /// <summary>Decides. Pure.</summary>
    public static Decision Of(Caller caller, Need need) =>
        need.Kind switch
        {
            NeedKind.Nothing or NeedKind.Credential => new Allowed(),
            NeedKind.Somewhere when caller.Grant.Has(need.AnyOf) => new Allowed(),
            NeedKind.Right or NeedKind.HostKey when caller.Grant.Allows(need.AnyOf, need.Resource) => new Allowed(),
            _ => new Forbidden(need.AnyOf, need.Resource),
        };
}
