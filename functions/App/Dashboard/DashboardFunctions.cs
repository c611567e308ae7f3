using FuncQueue.Functions.Access;
using FuncQueue.Functions.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.Functions.Dashboard;

/// <summary>
/// The dashboard: a page without any data, open to everybody. What it shows it asks the API for, with the credential of whoever looks.
/// </summary>
public sealed class DashboardFunctions(IServiceProvider services, Api api)
{
    /// <summary>The only file that keeps its name when it changes.</summary>
    private const string Icon = "icon.svg";

    // Injected by hand: the type is internal, and a function class must be public.
    private readonly DashboardFiles files = services.GetRequiredService<DashboardFiles>();

    [Function("Dashboard")]
    public Task<IResult> PageAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "dashboard")] HttpRequest request,
        CancellationToken cancellationToken
    ) =>
        AnswerAsync(
            request,
            () =>
                files.Page is not { } page ? NotFound()
                // What the page names is relative to it.
                : request.Path.Value?.EndsWith('/') == true ? Results.Redirect("../dashboard", permanent: true, preserveMethod: true)
                : new DashboardResponse(page, files.Policy, files.PageTag),
            cancellationToken
        );

    [Function("DashboardFile")]
    public Task<IResult> FileAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "dashboard/{file}")] HttpRequest request,
        string file,
        CancellationToken cancellationToken
    ) =>
        AnswerAsync(
            request,
            () =>
                files.File(file) is { } found
                    ? new DashboardResponse(found, files.Policy, file == Icon ? files.PageTag : null)
                    : NotFound(),
            cancellationToken
        );

    private Task<IResult> AnswerAsync(HttpRequest request, Func<IResult> answer, CancellationToken cancellationToken) =>
        api.RunAsync(request, Need.Nothing, _ => Task.FromResult(answer()), cancellationToken);

    private static IResult NotFound() =>
        Problems.Of(
            StatusCodes.Status404NotFound,
            "not-found",
            "Not found",
            "There is no such file of the dashboard, or it is turned off."
        );
}
