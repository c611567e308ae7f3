using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace FuncQueue.Functions.Http;

/// <summary>The routes of this app's functions, for telling a path that there is not from a method that it does not take, and for
/// naming what was asked for.</summary>
internal sealed class KnownRoutes
{
    private readonly List<Route> routes = [];

    public KnownRoutes(IServiceProvider services)
    {
        var resolver = new DefaultInlineConstraintResolver(Options.Create(new RouteOptions()), services);
        foreach (
            var (function, trigger) in typeof(KnownRoutes)
                .Assembly.GetTypes()
                .SelectMany(t => t.GetMethods())
                .SelectMany(m => m.GetParameters(), (m, p) => (m.GetCustomAttribute<FunctionAttribute>()?.Name, Trigger(p)))
        )
        {
            // One that takes every method is the one which answers for what is unknown.
            if (function is null || trigger is not { Methods: { Length: > 0 } methods, Route: { } route })
                continue;
            var template = TemplateParser.Parse(route.TrimStart('/'));
            routes.Add(
                new Route(
                    function,
                    new TemplateMatcher(template, []),
                    [
                        .. template.Parameters.SelectMany(p =>
                            p.InlineConstraints.Select(c => (p.Name!, resolver.ResolveConstraint(c.Constraint)!))
                        ),
                    ],
                    methods
                )
            );
        }
    }

    /// <summary>The methods that the path takes, as <c>Allow</c> lists them; empty for a path that is unknown.</summary>
    public IReadOnlyList<string> MethodsOf(PathString path)
    {
        var allowed = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var route in routes.Where(route => route.Takes(path)))
            allowed.UnionWith(route.Methods.Select(m => m.ToUpperInvariant()));
        return [.. allowed];
    }

    /// <summary>The name of the function that takes the request; null: none does.</summary>
    public string? FunctionOf(HttpRequest request) =>
        routes
            .FirstOrDefault(route => route.Methods.Contains(request.Method, StringComparer.OrdinalIgnoreCase) && route.Takes(request.Path))
            ?.Function;

    private static HttpTriggerAttribute? Trigger(ParameterInfo parameter) => parameter.GetCustomAttribute<HttpTriggerAttribute>();

    private sealed record Route(
        string Function,
        TemplateMatcher Matcher,
        IReadOnlyList<(string Parameter, IRouteConstraint Constraint)> Constraints,
        string[] Methods
    )
    {
        public bool Takes(PathString path)
        {
            var values = new RouteValueDictionary();
            return Matcher.TryMatch(path, values)
                && Constraints.All(c =>
                    !values.ContainsKey(c.Parameter) || c.Constraint.Match(null, null, c.Parameter, values, RouteDirection.IncomingRequest)
                );
        }
    }
}
