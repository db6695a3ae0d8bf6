# The service in a container: `docker compose up`, see docs/how-to/deploy.md.
#
# Versions are those of constraints.txt. Where a registry's build of torch brings packages for GPUs, name an index that
# has the build for processors: --build-arg PIP_EXTRA_INDEX_URL=...
FROM python:3.11-slim AS build
ARG PIP_EXTRA_INDEX_URL=""
WORKDIR /build
RUN python -m venv /opt/tastemaker
ENV PATH=/opt/tastemaker/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY constraints.txt ./
RUN pip install -c constraints.txt torch
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN pip install -c constraints.txt .

FROM python:3.11-slim
# implicit is linked against the system's OpenMP; whichever version the distribution has will do
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home tastemaker \
    && install -d -o tastemaker -g tastemaker /shop
COPY --from=build /opt/tastemaker /opt/tastemaker
ENV PATH=/opt/tastemaker/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 OMP_WAIT_POLICY=PASSIVE
USER 10001:10001
WORKDIR /shop
VOLUME /shop
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["tastemaker"]
CMD ["serve", "/shop", "--host", "0.0.0.0", "--port", "8000", "--workers", "2"]
