using System.Runtime.CompilerServices;
using FuncQueue.Engine;
using FuncQueue.Engine.Keys;
using FuncQueue.Functions.Http;

namespace FuncQueue.Functions.Access;

/// <summary>Decides who may do what: for every function, and for the actions of SQS by their signers.</summary>
internal sealed class Authorizer(KeyRing keys, EntraTokens entra, AccessPlace place, KnownRoutes routes, Audit audit)
{
    private readonly ConditionalWeakTable<KeyInfo, Caller> callers = [];

    /// <summary>The refusal of a request; null: it may go on, and <see cref="Caller.Of"/> tells whose it is.</summary>
    public async ValueTask<IResult?> RefuseAsync(HttpRequest request, Need need, CancellationToken cancellationToken)
    {
        if (need.Kind == NeedKind.Nothing)
            return null;
        if (!(await IdentifyAsync(request, need, cancellationToken)).TryGetValue(out var caller, out var failure))
            return Problems.From(failure);
        request.HttpContext.Features.Set(caller);
        if (ReferenceEquals(caller, Caller.Nobody))
        {
            audit.Refused(caller, need.AnyOf, need.Resource, Operation(request));
            return Refusals.Unauthenticated();
        }

        return Refuse(request, caller, need);
    }

    /// <summary>The refusal of a caller who needs a further right, as on the target of a move; null: nothing is lacking.</summary>
    public IResult? Refuse(HttpRequest request, Rights anyOf, Resource resource) =>
        Refuse(request, Caller.Of(request), Need.On(resource, anyOf));

    /// <summary>Whether nobody needs a credential here: locally, before the first key.</summary>
    public async ValueTask<Outcome<bool>> IsOpenAsync(CancellationToken cancellationToken)
    {
        if (!place.IsOpenAtFirst)
            return false;
        return (await keys.IsLockedAsync(cancellationToken)).TryGetValue(out var locked, out var failure) ? !locked : failure;
    }

    /// <summary>Who holds a key.</summary>
    public Caller CallerOf(KeyInfo key) =>
        callers.GetValue(key, static info => new Caller(info.Name.Value, KeyGrant.Read(info)) { ExpiresAt = info.ExpiresAt });

    private IResult? Refuse(HttpRequest request, Caller caller, Need need)
    {
        if (Decision.Of(caller, need) is Decision.Forbidden(var lacking, var resource))
        {
            audit.Refused(caller, lacking, resource, Operation(request));
            return Refusals.Forbidden(caller, lacking, need.Kind == NeedKind.Somewhere ? null : resource);
        }

        if (Audit.IsKept(need.AnyOf))
            audit.Allowed(caller, need.AnyOf, need.Resource, Operation(request));
        return null;
    }

    private async ValueTask<Outcome<Caller>> IdentifyAsync(HttpRequest request, Need need, CancellationToken cancellationToken)
    {
        // Nobody gets this far without it.
        if (need.Kind == NeedKind.HostKey && place.ChecksHostKey)
            return Caller.Host;
        if (!(await IsOpenAsync(cancellationToken)).TryGetValue(out var open, out var failure))
            return failure;
        if (open)
            return Caller.Anybody;
        if (Credential.Of(request) is not { } credential)
            return Caller.Nobody;
        if (credential.IsBearer && entra.MayBe(credential.Text))
            return await entra.IdentifyAsync(credential.Text, cancellationToken);
        if (!(await keys.FindAsync(credential.Text, cancellationToken)).TryGetValue(out var key, out failure))
            return failure;
        return key is null ? Caller.Nobody : CallerOf(key);
    }

    private string Operation(HttpRequest request) => routes.FunctionOf(request) ?? request.Method;
}
