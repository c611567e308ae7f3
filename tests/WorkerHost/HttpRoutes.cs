using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Constraints;

namespace FuncQueue.WorkerHost;

/// <summary>
/// Routes as the host takes them: tried in the order of the functions' names, and the first whose pattern and methods match wins. Routes
/// that the host would refuse are refused.
/// </summary>
internal sealed class HttpRoutes
{
    private readonly RouteCollection routes = new();

    public HttpRoutes(
        IEnumerable<IndexedFunction> functions,
        string prefix,
        IInlineConstraintResolver resolver,
        Func<HttpContext, IndexedFunction, Task> invoke
    )
    {
        var seen = new List<(string Name, string Route, string[]? Methods)>();
        foreach (var function in functions.OrderBy(f => f.Name, StringComparer.OrdinalIgnoreCase))
        {
            if (function.Trigger is not Trigger.Http trigger)
                continue;
            var route = string.IsNullOrEmpty(trigger.Route) ? function.Name : trigger.Route;
            Check(function.Name, route, trigger.Methods, seen);
            seen.Add((function.Name, route, trigger.Methods));
            var constraints = new Dictionary<string, object>();
            if (trigger.Methods is not null)
                constraints["httpMethod"] = new HttpMethodRouteConstraint(trigger.Methods);
            routes.Add(
                new Route(
                    new RouteHandler(context => invoke(context, function)),
                    function.Name,
                    prefix.Length == 0 ? route : $"{prefix}/{route}",
                    new RouteValueDictionary(),
                    constraints,
                    new RouteValueDictionary(),
                    resolver
                )
            );
        }
    }

    /// <summary>Runs the function whose route a request takes; false when there is none.</summary>
    public async Task<bool> InvokeAsync(HttpContext context)
    {
        var match = new RouteContext(context);
        await routes.RouteAsync(match);
        if (match.Handler is null)
            return false;
        context.Request.RouteValues = match.RouteData.Values;
        await match.Handler(context);
        return true;
    }

    private static void Check(string name, string route, string[]? methods, List<(string Name, string Route, string[]? Methods)> others)
    {
        var bare = route.Trim('/');
        if (bare.StartsWith("admin", StringComparison.OrdinalIgnoreCase) || bare.StartsWith("runtime", StringComparison.OrdinalIgnoreCase))
            throw new FunctionIndexingException($"The route {route} of {name} conflicts with those built in.");
        foreach (var other in others)
        {
            var shared =
                methods is not { Length: > 0 }
                || other.Methods is not { Length: > 0 }
                || methods.Intersect(other.Methods, StringComparer.Ordinal).Any();
            if (shared && string.Equals(bare, other.Route.Trim('/'), StringComparison.OrdinalIgnoreCase))
                throw new FunctionIndexingException($"The route {route} of {name} conflicts with that of {other.Name}.");
        }
    }
}
