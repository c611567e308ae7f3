using System.Reflection;
using FuncQueue.LocalHost;
using FuncQueue.LocalHost.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace FuncQueue.App.Tests.Hosting;

/// <summary>LocalHost takes routes as the Functions host does: by the names of functions, and not all routes.</summary>
public sealed class RouteOrderTests
{
    [Theory]
    [MemberData(nameof(OverlappingFunctions.Requests), MemberType = typeof(OverlappingFunctions))]
    public async Task Of_several_functions_that_take_a_request_the_first_by_name_answers(string method, string path, string? function)
    {
        await using var web = await StartAsync(typeof(OverlappingFunctions));
        using var http = new HttpClient { BaseAddress = new Uri(web.Urls.First()) };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await http.SendAsync(request);
        (response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : null).ShouldBe(function);
    }

    [Theory]
    [InlineData(typeof(Administrators))]
    [InlineData(typeof(Runtime))]
    public async Task A_route_that_the_Functions_host_keeps_for_itself_is_refused(Type functions) =>
        (await Should.ThrowAsync<InvalidOperationException>(() => StartAsync(functions))).Message.ShouldContain(
            "the Functions host keeps routes for itself"
        );

    [Fact]
    public void LocalHost_does_not_speak_to_a_Functions_host_and_nobodys_namespace_is_borrowed()
    {
        var ours = new[]
        {
            typeof(LocalHostBuilder).Assembly,
            typeof(FuncQueue.Functions.Http.Api).Assembly,
            typeof(FuncQueue.Engine.QueueEngine).Assembly,
        };
        ours[0]
            .GetReferencedAssemblies()
            .Select(a => a.Name!)
            .ShouldNotContain(name => name.Contains("Grpc") || name == "Microsoft.Azure.Functions.Worker");
        ours.SelectMany(a => a.GetTypes())
            .Where(t => t.Namespace?.StartsWith("Microsoft.", StringComparison.Ordinal) == true && !IsCompilers(t))
            .ShouldBeEmpty();
    }

    /// <summary>Attributes that the compiler puts into every assembly.</summary>
    private static bool IsCompilers(Type type) =>
        type.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>() is not null;

    private static async Task<WebApplication> StartAsync(Type functions)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var web = builder.Build();
        web.Urls.Add("http://127.0.0.1:0");
        try
        {
            HttpFunctions.Map(web, FunctionCatalog.Of(new Listed(functions), functions.Assembly).Http, "");
            await web.StartAsync();
            return web;
        }
        catch
        {
            await web.DisposeAsync();
            throw;
        }
    }

    public sealed class Administrators
    {
        [Function("Users")]
        public IResult Users([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "Administrators/all")] HttpRequest request) =>
            Results.Text("");
    }

    public sealed class Runtime
    {
        [Function("State")]
        public IResult State([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "runtime/state")] HttpRequest request) =>
            Results.Text("");
    }
}
