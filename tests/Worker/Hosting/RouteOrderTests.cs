using System.Reflection;
using FuncQueue.App.Tests.Hosting;
using FuncQueue.WorkerHost;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.Worker.Tests.Hosting;

/// <summary>The stand-in takes and refuses routes as the host does, so that what passes on it passes there.</summary>
public sealed class RouteOrderTests
{
    [Theory]
    [MemberData(nameof(OverlappingFunctions.Requests), MemberType = typeof(OverlappingFunctions))]
    public async Task The_first_route_that_matches_by_the_order_of_names_wins_whatever_their_case(
        string method,
        string path,
        string? function
    )
    {
        string? called = null;
        var routes = Routes((_, invoked) => Task.FromResult(called = invoked.Name), [.. Overlapping()]);
        var context = new DefaultHttpContext { RequestServices = Services };
        (context.Request.Method, context.Request.Path) = (method, path);
        (await routes.InvokeAsync(context)).ShouldBe(function is not null);
        called.ShouldBe(function);
    }

    [Theory]
    [InlineData("admin/x")]
    [InlineData("/Administration")]
    [InlineData("runtime")]
    public void Routes_that_begin_as_the_hosts_own_are_refused(string route) =>
        Should
            .Throw<FunctionIndexingException>(() => Routes((_, _) => Task.CompletedTask, Http("F", route, "get")))
            .Message.ShouldContain("built in");

    [Fact]
    public void Two_functions_of_one_route_and_method_are_refused() =>
        Should
            .Throw<FunctionIndexingException>(() =>
                Routes((_, _) => Task.CompletedTask, Http("F", "x", "get", "post"), Http("G", "/X/", "post"))
            )
            .Message.ShouldContain("conflicts with that of F");

    private static readonly IServiceProvider Services = new ServiceCollection().AddLogging().AddRouting().BuildServiceProvider();

    private static IEnumerable<IndexedFunction> Overlapping() =>
        from method in typeof(OverlappingFunctions).GetMethods()
        let function = method.GetCustomAttribute<FunctionAttribute>()
        where function is not null
        let trigger = method.GetParameters()[0].GetCustomAttribute<HttpTriggerAttribute>()!
        select Http(function.Name, trigger.Route!, trigger.Methods!);

    private static IndexedFunction Http(string name, string route, params string[] methods) =>
        new(name, name, new Trigger.Http("request", "Function", methods, route));

    private static HttpRoutes Routes(Func<HttpContext, IndexedFunction, Task> invoke, params IndexedFunction[] functions) =>
        new(functions, "", Services.GetRequiredService<IInlineConstraintResolver>(), invoke);
}
